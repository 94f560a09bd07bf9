"""STS-B-DIR: scores of sentence pairs, and a GloVe-BiLSTM to encode them."""
