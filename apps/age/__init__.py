"""Ages of faces: Group-DIR on AgeDB-DIR, IMDB-WIKI-DIR and UTKFace."""
