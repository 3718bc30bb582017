"""The probe: what runs inside the user's kernel and writes down what each cell did.

These files are loaded in the kernel under a private name (see `poc_graduate.observe.kernel`), so
three rules hold here:

- They import the standard library and each other (relatively), never `poc_graduate`; numpy,
  pandas and the like only from `sys.modules`, when the value at hand is theirs.
- They run on every Python that a kernel may have, from 3.10.
- They leave no trace: no name in the user's namespace, no random number drawn, no option, path,
  filter or variable changed, no value kept alive.

    session.py       what happens before and after each cell; the record that is written
    held.py          what is remembered of the names between cells
    quiet.py         how the capture works without showing
    raised.py        what a cell raised
    modules.py       modules of the notebook's own that it loaded, and their code

    fingerprint.py   one hash for a value, equal wherever an equal value lives
    walk.py known.py       how a value is written into it; what is remembered for the next
    naming.py        names of types and paths in it
    readers.py       which types are read part by part, which are leaves
    builtin.py code.py instances.py opaque.py     how Python's own values are read for it
    arrays.py frames.py arrow.py                  how those of numpy, pandas and others are

    describe.py      a value in words: kind, summary, annotation
    sharing.py memory.py   which names reach the same mutable object, or the same memory
    storing.py       whether a value comes back from disk as it was
    ambient.py       options, environment, random generators and other state of the process
    files.py inotify.py    files, folders, addresses and commands that a cell used
    contents.py      one hash for what a file holds
    profile.py       figures of frames, for the rules
    installed.py     distributions of the modules that it loaded
"""

from __future__ import annotations

from .session import install

__all__ = ["install"]
