"""A notebook that asks its kernel about all that a fork could have got wrong."""

from __future__ import annotations

CELLS = [
    """\
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import scipy.linalg
""",
    """\
import os, resource, signal, stat, sys
varying = ("JPY_", "PYTEST_")
print(sorted(f"{k}={v}" for k, v in os.environ.items() if not k.startswith(varying)))
print(os.getcwd(), os.listdir("."), oct(os.umask(0o027)), os.getsid(0) == os.getpid())
print(sys.argv[0], sys.orig_argv[1:3], sys.path, sys.flags, sys.stdin.read())
print(stat.S_ISFIFO(os.fstat(0).st_mode), sys.stdin.isatty(), sys.stdin.closed)
print([signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE)])
print({n: resource.getrlimit(getattr(resource, n)) for n in dir(resource) if "RLIMIT_" in n})
""",
    """\
import atexit, gc, locale, logging, threading, warnings
named = sorted(one.name.rstrip("-0123456789") for one in threading.enumerate())
print([name.partition("-")[0] for name in named], gc.get_threshold(), gc.isenabled())
print(gc.get_freeze_count(), sys.getrecursionlimit(), locale.setlocale(locale.LC_ALL))
# ipykernel 7 adds one for Trio before the first cell: where it stands among those of libraries is
# another matter, as they have no warning in common.
print(sorted(map(str, warnings.filters)), logging.root.handlers, signal.set_wakeup_fd(-1) != 0)
print(sorted(sys.modules))
print(os.sched_getaffinity(0), os.getpriority(os.PRIO_PROCESS, 0), atexit._ncallbacks())
""",
    "print('out'); print('err', file=sys.stderr); os.write(1, b'raw\\n'); print('end')",
    "pd.DataFrame({'a': [1.5, None], 'b': ['x', 'y']})",
    "plt.plot([1, 3, 2]); print(plt.get_backend())",
    "plt.figure(); plt.bar([1, 2], [3, 4]); plt.show()",
    "!echo from a shell; pwd\nprint(_exit_code)\nlisted = !echo one; echo two\nlisted",
    "%%bash\necho from bash; exit 0",
    "%%capture caught\nprint('hidden')",
    "print(caught.stdout)\nimport asyncio\nawait asyncio.sleep(0.01)\n'awaited'",
    """\
from IPython.display import HTML, display
shown = display(HTML("<b>first</b>"), display_id="one")
shown.update(HTML("<b>second</b>"))
print(len(In), Out.get(5) is not None, _i)
""",
    """\
import inspect, traceback
def halve(x):
    # a comment
    return x / 0
print(inspect.getsource(halve))
try:
    halve(1)
except ZeroDivisionError:
    print(traceback.format_exc())
""",
    """\
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
import multiprocessing, subprocess
with ThreadPoolExecutor(4) as pool:
    print(list(pool.map(lambda x: x * x, range(5))))
with ProcessPoolExecutor(2) as pool:
    print(list(pool.map(abs, [-1, -2])))
print(multiprocessing.get_start_method(), subprocess.run(["sh", "-c", "exit 3"]).returncode)
print(os.system("exit 2"), subprocess.check_output([sys.executable, "-c", "print(6 * 7)"]))
""",
    """\
import joblib
print(joblib.Parallel(n_jobs=2)(joblib.delayed(pow)(n, 2) for n in range(4)))
""",
    """\
import threadpoolctl
made = np.random.RandomState(0).rand(300, 300)
print((made @ made).sum().hex(), scipy.linalg.svdvals(made)[:3].tolist())
pools = threadpoolctl.threadpool_info()
print(sorted((one["prefix"], one["num_threads"]) for one in pools))
""",
    """\
import random
random.seed(1); np.random.seed(1)
print(random.random(), np.random.rand(), hash("a name"), sorted({"b", "a", "c"}))
""",
    """\
pd.set_option("display.max_rows", 7)
os.environ["LEAKED"] = "yes"; os.makedirs("moved"); os.chdir("moved")
plt.rcParams["lines.linewidth"] = 9
print(pd.get_option("display.max_rows"), os.path.basename(os.getcwd()))
""",
]
RAISES = "raises-exception"
"""Tag of a cell behind whose error papermill goes on."""
FAILING = [
    "import pickle, sys, numpy as np\ndef outer(x):\n    return np.linalg.inv(x)",
    "outer(np.zeros((2, 2)))",
    "input('name? ')",
    "def wrong(:\n    pass",
    "class Mine:\n    size = 3\nprint(Mine.__module__, pickle.dumps(Mine()), __name__)",
    "print(pickle.loads(pickle.dumps(Mine())).size, sys.modules['__main__'].Mine is Mine)",
    "raise SystemExit(4)",
    "import no_such_module_zz",
    "print('goes on')\nexit()",
]
ENTROPY = """\
import atexit, random
import numpy as np
atexit.register(lambda: open("left.txt", "w").close())
random.random(), np.random.rand(), int(np.random.default_rng().integers(1 << 40))
"""
# CPython 3.11 loses what a file in a cycle holds unless a collection has seen the cycle alive, so
# that chance would decide: one is asked for.
LEFT = [
    "import gc, pandas as pd, sys, threading, weakref, zipfile",
    """\
open_file = open("global.txt", "w"); _ = open_file.write("x" * 9)
class Cycle:
    def __init__(self, name):
        self.itself, self.file = self, open(name, "w")
        self.file.write("in a cycle")
    def __del__(self):
        self.file.write(", and its end")
kept, _ = Cycle("kept.txt"), Cycle("dropped.txt")
pd.Mine = pd.DataFrame.mine = Cycle("on_a_library.txt")
def closure(archive=zipfile.ZipFile("archive.zip", "w")):
    return archive.writestr("name", "text")
closure()
weakref.finalize(kept, lambda: open("finalize.txt", "w").write("called"))
thread = threading.Timer(0.3, lambda: open("thread.txt", "w").write("waited for"))
thread.start()
gc.collect();
""",
]
"""What is open, in cycles or unfinished when the kernel is asked to end."""
