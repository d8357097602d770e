"""The bases of the shapes of a project's own files in config/."""

from pydantic import BaseModel, ConfigDict


class SettingsShape(BaseModel):
    """A frozen shape that refuses unknown keys: a part of such a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SettingsFile(SettingsShape):
    """The shape of a whole file.

    `settings` of config/bus.yaml names the class of each file config/NAME.yaml. A parameter that has the class as its
    annotation gets what the file states; in YAML it is the name of the file.
    """
