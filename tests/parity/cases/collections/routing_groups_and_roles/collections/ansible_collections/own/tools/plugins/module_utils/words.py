def polite(word):
    return "please " + word
