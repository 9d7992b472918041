"""The errors that users meet: one root class, one clear line each (what was wrong, where, what to do)."""


class YaodianError(Exception):
    """Root of all errors with a message for the user; the command line prints it without a traceback."""


class InputError(YaodianError):
    """The input folders or files cannot be used: wrong path, nothing to read, no permission."""


class SettingsError(YaodianError):
    """A setting or an argument is wrong."""


class ReferenceTableError(YaodianError):
    """A hand-kept table in `seeds/reference` breaks its contract."""


class StorageError(YaodianError):
    """The data folder cannot be used: not writable, disk full, or another run holds it."""


class StoreError(YaodianError):
    """An object store does not answer, or refuses."""


class TimeLimitError(YaodianError):
    """A run took longer than it may."""


class WarehouseError(YaodianError):
    """The published warehouse is missing, unreadable or of another version."""
