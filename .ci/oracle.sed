# New words, and the words that stood there when the results were recorded: s/\bNEW\b/OLD/g
