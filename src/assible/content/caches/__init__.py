"""Fact caches: where facts are kept between runs."""
