class TestModule(object):
    def tests(self):
        return {"doubled": lambda text: text[: len(text) // 2] * 2 == text}
