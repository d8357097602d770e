"""The base of the shapes of a project's own files in config/."""

from pydantic import BaseModel, ConfigDict


class SettingsShape(BaseModel):
    """A frozen shape that refuses unknown keys.

    `settings` of config/bus.yaml names the class of a file config/NAME.yaml. A parameter with this annotation gets the
    object; in YAML it is the name of the file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
