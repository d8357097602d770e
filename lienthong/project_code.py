"""Code of the project may raise anything, also what is meant to end a process. It costs what that code worked on."""

import threading


def pass_interrupt_on(error: BaseException) -> None:
    """Raise `error` again when it is Ctrl+C of the person at the terminal, which comes to the main thread alone.

    In any other thread a KeyboardInterrupt was raised by the code that runs there, and is its mistake.
    """
    if isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread():
        raise error
