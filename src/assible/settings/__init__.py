"""One table of settings -> a frozen `Settings`, from configuration files, the environment and arguments."""

from assible.settings.load import Settings, find_config_file, load_settings, setting_name
from assible.settings.table import SETTINGS, Setting

__all__ = ["SETTINGS", "Setting", "Settings", "find_config_file", "load_settings", "setting_name"]
