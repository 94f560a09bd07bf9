"""Group-DIR on STS-B-DIR with a GloVe-BiLSTM encoder."""
