"""The probe: what runs inside the user's kernel and writes down what each cell did.

These files are loaded in the kernel under a private name (see `poc_graduate.observe.kernel`), so
three rules hold here:

- They import the standard library and each other (relatively), never `poc_graduate`; numpy,
  pandas and the like only from `sys.modules`, when the value at hand is theirs.
- They run on every Python that a kernel may have, from 3.9: no `match`, no `X | Y` at run time.
- They leave no trace: no name in the user's namespace, no random number drawn, no option, path,
  filter or variable changed, no value kept alive.

    session.py       what happens before and after each cell; the record that is written
    fingerprint.py   one hash for a value, equal wherever an equal value lives
    builtin.py       how Python's own types are read for it
    tables.py        how numpy, pandas, pyarrow, scipy and torch values are read for it
    describe.py      a value in words: kind, summary, annotation
    sharing.py       which names reach the same mutable object
    ambient.py       options, environment, random generators and other state of the process
    files.py         files, folders, addresses and commands that a cell used
    storing.py       whether a value comes back from disk as it was
"""

from __future__ import annotations

from .session import install

__all__ = ["install"]
