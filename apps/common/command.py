"""How a command ends that does not come to its end."""

import importlib
import logging
import signal
import sys
import threading
from typing import Any


def run_app(module: str, then: str) -> None:
    """Runs the `main` of a module, which is imported only now.

    Ctrl-C ends it with status 130 and a line, at any moment; a file that
    cannot be read or written ends it with a line. Of TensorFlow's log errors
    remain.

    Args:
        module: Its name.
        then: What to do after Ctrl-C.
    """
    sys.unraisablehook = _stop_again
    # An app makes several models, each with functions of its own to trace:
    # that there are many is no news, and TensorFlow warns of it.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    try:
        importlib.import_module(module).main()
    except KeyboardInterrupt:
        print(f"\nStopped. {then}", file=sys.stderr)
        raise SystemExit(130) from None
    except OSError as error:
        raise SystemExit(f"python -m {module}: {error}") from error


def _stop_again(unraisable: Any) -> None:
    """Where Python ignores errors, as in the collector that JAX hooks into."""
    if not issubclass(unraisable.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
        return
    main = threading.main_thread().ident
    # Not at once, which would be in here.
    threading.Timer(0.1, signal.pthread_kill, (main, signal.SIGINT)).start()
