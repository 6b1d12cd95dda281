class FilterModule(object):
    def filters(self):
        return {"twice": lambda text: text * 2}
