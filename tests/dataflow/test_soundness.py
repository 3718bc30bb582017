"""What really happens when a notebook runs was foreseen: nothing changes or is shared unannounced."""

from __future__ import annotations

import pytest

from . import oracle

NOTEBOOKS = {
    "alias": "a = []\nb = a\nb.append(1)",
    "chained assignment": "x = y = []\nx.append(1)",
    "slices copy": "a = [[1], [2]]\nb = a[:]\nb.append(3)\nb[0].append(4)",
    "shallow copies share elements": "a = [[1]]\nb = list(a)\nc = a.copy()\nd = sorted(a)\nc[0].append(2)",
    "copy module": "import copy\na = [[1]]\nb = copy.copy(a)\nc = copy.deepcopy(a)\nb[0].append(1)\nc[0].append(2)",
    "containers hold": "a = []\nd = {'k': a}\nt = (a, 1)\nd['k'].append(1)\nt[0].append(2)",
    "put into": "a = []\nd = {}\nd['k'] = a\ne = [0]\ne.append(d)\ne[1]['k'].append(3)",
    "unpacking": "t = ([1], [2])\na, b = t\n(c, *d), e = t, 1\na.append(3)",
    "swap": "a, b = [1], [2]\na, b = b, a\na.append(3)",
    "loop variable": "rows = [[1], [2]]\nfor row in rows: row.append(0)",
    "enumerate": "rows = [[1], [2]]\nfor i, row in enumerate(rows): row.append(i)",
    "zip": "xs = [[1]]\nys = [[2]]\nfor x, y in zip(xs, ys): x.append(y)",
    "dict items": "d = {'a': [1]}\nfor k, v in d.items(): v.append(k)",
    "dict views": "d = {}\nks = d.keys()\nd['a'] = 1",
    "comprehension changes": "rows = [[2, 1], [3, 1]]\n_x = [row.sort() for row in rows]",
    "comprehension holds": "xs = [[1], [2]]\nys = [x for x in xs if x]\nys[0].append(1)",
    "loop carried": "xs = [[1], [2]]\nprev = None\nfor x in xs:\n    if prev is not None:\n        prev.append(x)\n    prev = x",
    "conditional alias": "a = []\nb = []\nc = a if len(a) else b\nc.append(1)",
    "or default": "a = []\nb = a or {}\nc = a and 1\nb['x'] = 1",
    "walrus": "a = []\nprint(b := a)\nb.append(1)",
    "with": "a = []\nfrom contextlib import nullcontext\nwith nullcontext(a) as b:\n    b.append(1)",
    "match": "a = [[1], 2]\nmatch a:\n    case [x, *rest]:\n        x.append(1)",
    "star args": "xs = [[1], [2]]\ndef f(*args):\n    args[0].append(3)\nf(*xs)",
    "keyword args": "d = {'k': [1]}\ndef f(**options):\n    options['k'].append(3)\nf(**d)\nf(k=d['k'])",
    "parameter": "def f(v):\n    v.append(1)\na = []\nf(a)",
    "parameter renamed": "def f(v):\n    w = v\n    w.append(1)\na = []\nf(a)",
    "parameter later": "def f(v):\n    g(v)\ndef g(v):\n    v['x'] = 1\na = {}\nf(a)",
    "second parameter": "def f(v, w):\n    w.append(v)\na = []\nb = []\nf(a, b)\nb[0].append(1)",
    "keyword parameter": "def f(*, v, w=None):\n    v.append(1)\na = []\nf(v=a)",
    "returns argument": "def f(v):\n    return v\na = []\nb = f(a)\nb.append(1)",
    "returns part": "def f(v):\n    return v['k'][0]\na = {'k': [[1]]}\nb = f(a)\nb.append(1)",
    "returns global": "a = []\ndef f():\n    return a\nb = f()\nb.append(1)",
    "returns held": "def f(v):\n    d = {}\n    d['v'] = v\n    return d\na = []\nb = f(a)\nb['v'].append(1)",
    "changes global": "a = []\ndef f():\n    a.append(1)\nf()",
    "rebinds global": "a = 0\ndef f():\n    global a\n    a += 1\nf()\nb = a",
    "global bound to argument": "g = None\ndef f(v):\n    global g\n    g = v\na = []\nf(a)\ng.append(1)",
    "makes global": "def f():\n    global new\n    new = []\nf()\nnew.append(1)",
    "mutable default": "def f(v, seen=[]):\n    seen.append(v)\n    return seen\na = f(1)\na.append(2)\nb = f(3)",
    "default object": "a = []\ndef f(v=a):\n    v.append(1)\nf()",
    "function attribute": "def f():\n    f.calls = getattr(f, 'calls', 0) + 1\nf()",
    "cached": "import functools\n@functools.lru_cache(None)\ndef f(v):\n    return [v]\na = f(1)\nb = f(1)\na.append(2)",
    "closure counter": "def make():\n    n = 0\n    def inc():\n        nonlocal n\n        n += 1\n        return n\n    return inc\nc = make()\nc()\nd = c()",
    "closure over argument": "def make(v):\n    def add(x):\n        v.append(x)\n    return add\na = []\nadd = make(a)\nadd(1)",
    "closure over local": "def make():\n    xs = []\n    def add(x):\n        xs.append(x)\n        return xs\n    return add\nadd = make()\nys = add(1)\nys.append(2)",
    "pair of closures": "def make():\n    xs = []\n    def add(x):\n        xs.append(x)\n    def get():\n        return xs\n    return add, get\nadd, get = make()\nadd(1)\nr = get()",
    "partial": "from functools import partial\ndef f(v, x):\n    v.append(x)\na = []\np = partial(f, a)\np(1)",
    "lambda": "a = []\nput = lambda x: a.append(x)\nput(1)\n_l = list(map(put, [2, 3]))",
    "map is lazy": "a = []\ndef f(x):\n    a.append(x)\nm = map(f, [1, 2])\nn = next(m)\nr = list(m)",
    "sorted key": "seen = []\ndef key(x):\n    seen.append(x)\n    return x\nr = sorted([2, 1], key=key)",
    "handed to own function": "a = []\ndef twice(g):\n    g(); g()\ndef add():\n    a.append(1)\ntwice(add)",
    "decorator": "log = []\ndef logged(g):\n    def wrapper(*args):\n        log.append(args)\n        return g(*args)\n    return wrapper\n@logged\ndef f(v):\n    v.append(1)\n    return v\na = []\nb = f(a)\nb.append(3)",
    "registry": "registry = {}\ndef register(g):\n    registry[g.__name__] = g\n    return g\nout = []\n@register\ndef f():\n    out.append(1)\nregistry['f']()",
    "handlers": "handlers = []\nout = []\ndef on(h):\n    handlers.append(h)\ndef h():\n    out.append(1)\non(h)\nfor each in handlers: each()",
    "generator": "g = (i for i in range(3))\na = next(g)\nb = list(g)",
    "generator over list": "xs = [[1], [2]]\ng = (x for x in xs)\na = next(g)\na.append(1)",
    "generator effects are late": "out = []\ng = (out.append(i) for i in range(3))\nx = 1\nfor _v in g: pass",
    "generator function": "def count(xs):\n    for x in xs:\n        yield x\nxs = [[1], [2]]\ng = count(xs)\na = next(g)\na.append(2)",
    "generator function effects": "out = []\ndef gen():\n    out.append(1)\n    yield out\ng = gen()\na = next(g)\na.append(1)",
    "iterator": "xs = [1, 2, 3]\nit = iter(xs)\na = next(it)\nb = [v for v in it]",
    "zip iterator": "it = iter([1, 2, 3, 4])\npairs = list(zip(it, it))",
    "iterator membership": "it = iter([1, 2, 3])\nfound = 2 in it",
    "iterator unpacked": "it = iter([1, 2])\na, b = it",
    "iterator starred": "it = iter([1, 2])\nprint(*it)",
    "enumerate kept": "xs = [[1]]\ne = enumerate(xs)\ni, x = next(e)\nx.append(1)",
    "instance": "class M:\n    def __init__(self):\n        self.w = None\n    def fit(self, x):\n        self.w = x\n        return self\nm = M()\nxs = []\nn = m.fit(xs)\nn.w.append(1)",
    "constructor keeps": "class M:\n    def __init__(self, xs):\n        self.xs = xs\nxs = []\nm = M(xs)\nm.xs.append(1)",
    "constructor keeps in list": "class M:\n    def __init__(self, xs):\n        self.all = []\n        self.all.append(xs)\nxs = []\nm = M(xs)\nm.all[0].append(1)",
    "method returns state": "class M:\n    def __init__(self):\n        self.xs = []\n    def get(self):\n        return self.xs\nm = M()\na = m.get()\na.append(1)",
    "method changes argument": "class M:\n    def go(self, xs):\n        self._go(xs)\n    def _go(self, xs):\n        xs.append(1)\nm = M()\na = []\nm.go(a)",
    "method in list": "class M:\n    def __init__(self):\n        self.n = 0\n    def inc(self):\n        self.n += 1\nms = [M(), M()]\nfor m in ms: m.inc()\nms[0].inc()",
    "class attribute": "class C:\n    n = 0\nc = C()\nC.n = 5\nd = c.n",
    "shared class list": "class C:\n    xs = []\n    def add(self, x):\n        self.xs.append(x)\na = C()\nb = C()\na.add(1)",
    "class method": "class C:\n    made = []\n    @classmethod\n    def make(cls):\n        c = cls()\n        cls.made.append(c)\n        return c\na = C.make()",
    "static method": "class C:\n    @staticmethod\n    def add(xs):\n        xs.append(1)\na = []\nC.add(a)\nC().add(a)",
    "inherited": "class A:\n    def add(self, x):\n        self.xs.append(x)\nclass B(A):\n    def __init__(self):\n        self.xs = []\nb = B()\nb.add(1)",
    "super": "class A:\n    def __init__(self, xs):\n        self.xs = xs\nclass B(A):\n    def __init__(self, xs):\n        super().__init__(xs)\na = []\nb = B(a)\nb.xs.append(1)",
    "property": "class A:\n    def __init__(self):\n        self.n = 0\n    @property\n    def next(self):\n        self.n += 1\n        return self.n\na = A()\nb = a.next",
    "property setter": "log = []\nclass A:\n    @property\n    def v(self): return 1\n    @v.setter\n    def v(self, x):\n        log.append(x)\na = A()\na.v = 3",
    "operators": "class V:\n    def __init__(self, xs): self.xs = xs\n    def __add__(self, o):\n        self.xs.append(o)\n        return self\nxs = []\nv = V(xs)\nw = v + 1\nw += 2",
    "getitem": "class V:\n    def __init__(self): self.hits = 0\n    def __getitem__(self, k):\n        self.hits += 1\n        return k\nv = V()\nx = v[1]",
    "callable instance": "class V:\n    def __init__(self): self.hits = 0\n    def __call__(self, k):\n        self.hits += 1\nv = V()\nv(1)\n_m = list(map(v, [1, 2]))",
    "iterable instance": "class V:\n    def __init__(self): self.n = 0\n    def __iter__(self): return self\n    def __next__(self):\n        self.n += 1\n        if self.n > 2: raise StopIteration\n        return self.n\nv = V()\nfor i in v: pass\nw = list(V())",
    "context manager": "class V:\n    def __init__(self): self.open = 0\n    def __enter__(self):\n        self.open += 1\n        return self\n    def __exit__(self, *a):\n        self.open -= 1\nv = V()\nwith v as w:\n    w.x = 1",
    "len and str": "class V:\n    def __init__(self): self.n = 0\n    def __len__(self):\n        self.n += 1\n        return 1\n    def __str__(self):\n        self.n += 1\n        return ''\nv = V()\na = len(v)\nprint(v)\nb = f'{v}'",
    "truth": "class V:\n    def __init__(self): self.n = 0\n    def __bool__(self):\n        self.n += 1\n        return True\nv = V()\nif v: x = 1\ny = not v",
    "equality": "class V:\n    def __init__(self): self.n = 0\n    def __eq__(self, o):\n        self.n += 1\n        return True\nv = V()\na = v == 1\nb = 1 == v",
    "sorting instances": "class V:\n    def __init__(self, k): self.k = k; self.n = 0\n    def __lt__(self, o):\n        self.n += 1\n        return self.k < o.k\nvs = [V(2), V(1)]\nws = sorted(vs)",
    "bound method": "class V:\n    def __init__(self): self.xs = []\n    def add(self, x): self.xs.append(x)\nv = V()\nadd = v.add\nadd(1)",
    "builtin bound method": "xs = []\nadd = xs.append\nadd(1)",
    "dataclass": "from dataclasses import dataclass, field\n@dataclass\nclass P:\n    xs: list\n    ys: list = field(default_factory=list)\na = []\np = P(a)\np.xs.append(1)",
    "namedtuple": "from collections import namedtuple\nP = namedtuple('P', 'xs')\na = []\np = P(a)\np.xs.append(1)",
    "slots of object": "import types\nns = types.SimpleNamespace(a=[])\na = ns.a\nsetattr(ns, 'b', 1)\na.append(1)\ndelattr(ns, 'b')",
    "vars": "class O: pass\no = O()\nvars(o)['x'] = 1\no.__dict__.update(y=2)",
    "deque and counter": "from collections import deque, Counter, defaultdict\nd = deque([1])\nd.appendleft(2)\nc = Counter('ab')\nc['a'] += 1\nc.subtract('a')\ndd = defaultdict(list)\ndd['x'].append(1)\nxs = dd['x']",
    "defaultdict read": "from collections import defaultdict\nd = defaultdict(list)\nx = d['new']",
    "heapq and bisect": "import heapq, bisect\nh = [3, 1]\nheapq.heapify(h)\nheapq.heappush(h, 0)\nx = heapq.heappop(h)\nbisect.insort(h, 2)",
    "random": "import random\nxs = [1, 2, 3]\nrandom.shuffle(xs)\nr = random.Random(0)\ny = r.random()",
    "deletion": "d = {'a': 1}\nxs = [1, 2]\ndel d['a'], xs[0]\ndel d",
    "augmented": "xs = [1]\nys = xs\nxs += [2]\ns = {1}\ns |= {2}\nd = {}\nd |= {'a': 1}\nn = 1\nn += 1\nt = (1,)\nt += (2,)",
    "augmented part": "d = {'a': [1], 'n': 0}\nd['a'] += [2]\nd['n'] += 1",
    "slice assignment": "xs = [1, 2, 3]\nxs[1:] = [4]\nxs[:0] = [0]",
    "nested": "d = {'a': {'b': [1]}}\ninner = d['a']['b']\ninner.append(2)\nd['a'].setdefault('c', []).append(3)",
    "try": "xs = []\ntry:\n    xs.append(1)\n    raise ValueError\nexcept ValueError as e:\n    xs.append(2)\nfinally:\n    xs.append(3)",
    "recursion": "def walk(tree, out):\n    out.append(tree[0])\n    for sub in tree[1:]:\n        walk(sub, out)\ntree = [1, [2]]\nout = []\nwalk(tree, out)",
    "mutual recursion": "def f(n, xs):\n    if n: g(n - 1, xs)\ndef g(n, ys):\n    ys.append(n)\n    f(n, ys)\na = []\nf(3, a)",
    "recursive data": "a = []\na.append(a)\nb = a[0]\nb.append(1)",
    "nested function": "def outer(xs):\n    def inner(x):\n        xs.append(x)\n    for x in (1, 2):\n        inner(x)\na = []\nouter(a)",
    "function redefined": "a = []\nb = []\ndef f(): a.append(1)\nf()\ndef f(): b.append(1)\nf()",
    "helper redefined": "a = []\ndef g(): pass\ndef f(): g()\nf()\ndef g(): a.append(1)\nf()",
    "function renamed": "a = []\ndef f(): a.append(1)\ng = f\ng()\nd = {'k': f}\nd['k']()\nfs = [f, g]\nfor h in fs: h()",
    "function in tuple": "a = []\ndef f(): a.append(1)\nt = ('name', f)\nname, func = t\nfunc()",
    "function chosen": "a = []\ndef f(): a.append(1)\ndef g(): pass\nh = f if len(a) == 0 else g\nh()",
    "function from function": "a = []\ndef f(): a.append(1)\ndef choose(x):\n    return f\nchoose(1)()",
    "method chain": "class B:\n    def __init__(self): self.xs = []\n    def add(self, x):\n        self.xs.append(x)\n        return self\nb = B().add(1).add(2)\nc = b.add(3)",
    "strategy object": "out = []\nclass S:\n    def run(self): out.append(1)\nclass Ctx:\n    def __init__(self, s): self.s = s\n    def go(self): self.s.run()\nc = Ctx(S())\nc.go()",
    "callback kept": "out = []\nclass Button:\n    def __init__(self): self.cb = None\n    def click(self): self.cb()\ndef cb(): out.append(1)\nb = Button()\nb.cb = cb\nb.click()",
    "class in function": "def make():\n    class C:\n        def __init__(self): self.xs = []\n        def add(self): self.xs.append(1)\n    return C\nC = make()\nc = C()\nc.add()",
    "dict of lists": "groups = {}\nfor k, v in [('a', 1), ('b', 2)]:\n    groups.setdefault(k, []).append(v)\nfirst = groups['a']\nfirst.append(9)",
    "reduce": "from functools import reduce\nacc = []\ndef step(a, x):\n    a.append(x)\n    return a\nr = reduce(step, [1, 2], acc)\nr.append(3)",
    "chain": "import itertools\na = [[1]]\nb = [[2]]\nc = list(itertools.chain(a, b))\nc[0].append(1)\nt1, t2 = itertools.tee(iter([1, 2]))\nx = next(t1)",
    "operator": "import operator\nd = {}\noperator.setitem(d, 'a', 1)\nxs = []\nys = operator.iadd(xs, [1])",
    "list methods by class": "xs = []\nlist.append(xs, 1)\ndict.update(d := {}, a=1)",
    "type call": "xs = []\ny = type(xs)(xs)\ny.append(1)",
    "min max": "xs = [[1], [2]]\nm = max(xs, key=len)\nm.append(3)\nn = min(xs[0], xs[1])\nn.append(1)",
    "dict get": "d = {'a': []}\nx = d.get('a', None)\nx.append(1)\ny = d.pop('a')\ny.append(2)",
    "reversed": "xs = [[1], [2]]\nfor x in reversed(xs): x.append(0)",
    "sum of lists": "xs = [[[1]], [[2]]]\ns = sum(xs, [])\ns[0].append(9)",
    "ternary call": "xs = []\nys = []\n(xs if True else ys).append(1)",
    "globals in nested function": "xs = []\ndef f():\n    def g():\n        def h():\n            xs.append(1)\n        h()\n    g()\nf()",
    "async": "import asyncio\nxs = []\nasync def f(): xs.append(1)\nloop = asyncio.new_event_loop()\nloop.run_until_complete(f())\nloop.close()",
    "thread": "import threading\nxs = []\ndef work(ys): ys.append(1)\nt = threading.Thread(target=work, args=(xs,))\nt.start()\nt.join()",
    "pool": "from concurrent.futures import ThreadPoolExecutor\nxs = []\ndef work(v): xs.append(v)\nwith ThreadPoolExecutor(1) as pool:\n    r = list(pool.map(work, [1, 2]))",
    "numpy views": "import numpy as np\na = np.arange(6)\nb = a[1:3]\nc = a.reshape(2, 3)\nd = c.T\ne = a.ravel()\nb[0] = 9\nd += 1",
    "numpy copies": "import numpy as np\na = np.arange(6.0)\nb = a.copy()\nc = a + 1\nd = a[a > 2]\ne = np.array(a)\nb[0] = 1\nc *= 2\nd[:] = 0\nf = np.asarray(a)\nf[0] = 5",
    "numpy in place": "import numpy as np\na = np.arange(4.0)\na *= 2\na.sort()\nnp.fill_diagonal(m := np.zeros((2, 2)), 1)\nnp.add(a, 1, out=a)\nnp.add.at(a, [0], 1)\nnp.random.shuffle(a)\na.fill(0)\na.flat[0] = 1",
    "numpy generator": "import numpy as np\nrng = np.random.default_rng(0)\nx = rng.normal(size=2)\ndef draw(r): return r.random()\ny = draw(rng)",
    "numpy rows": "import numpy as np\nm = np.zeros((2, 2))\nfor row in m: row += 1\nr0, r1 = m\nr0[0] = 9",
    "pandas in place": "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1], 'b': [1.0, None]})\ndf['c'] = df.a + 1\ndf.loc[df.a > 1, 'b'] = 0\ndf.iloc[0, 0] = 7\ndf.at[0, 'a'] = 8\ndf.drop(columns='c', inplace=True)\ndf.insert(0, 'z', 1)\nz = df.pop('z')\ndf.columns = ['x', 'y']\ndf.index.name = 'i'\ndel df['y']",
    "pandas methods": "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1]})\ne = df.sort_values('a')\nf = df.rename(columns={'a': 'b'})\ng = df.assign(z=1)\ne['n'] = 1\nf.iloc[0, 0] = 5\ns = df['a'].copy()\ns[0] = 9",
    "pandas eval": "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1]})\ndf.eval('b = a + 1', inplace=True)\ndf.update(pd.DataFrame({'a': [7]}))\ns = df.a\ns.update(pd.Series([4]))",
    "pandas apply": "import pandas as pd\nseen = []\ndf = pd.DataFrame({'a': [3, 1]})\ndef f(v):\n    seen.append(v)\n    return v\nr = df.a.apply(f)\ng = df.groupby('a').apply(lambda d: seen.append(1))\nh = df.pipe(lambda d: seen.append(2))",
    "pandas helper": "import pandas as pd\ndef clean(d):\n    d = d[d.a > 1]\n    d = d.copy()\n    d['b'] = 1\n    return d\ndef add(d):\n    d['c'] = 1\ndf = pd.DataFrame({'a': [3, 1]})\ne = clean(df)\nadd(df)\nadd(e)",
    "frames in a dict": "import pandas as pd\nframes = {'x': pd.DataFrame({'a': [1]})}\nfor name, frame in frames.items():\n    frame['b'] = name\nx = frames['x']\nx['c'] = 1",
    "sklearn": "from sklearn.linear_model import LinearRegression\nfrom sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler\nscaler = StandardScaler()\nmodel = LinearRegression()\npipe = make_pipeline(scaler, model)\nX = [[1.0], [2.0]]\npipe.fit(X, [1, 2])\np = pipe.predict(X)\npipe.set_params(linearregression__fit_intercept=False)\nXt = scaler.fit_transform(X)",
    "own estimator": "from sklearn.base import BaseEstimator, TransformerMixin\nfrom sklearn.pipeline import make_pipeline\nlog = []\nclass T(BaseEstimator, TransformerMixin):\n    def fit(self, X, y=None):\n        log.append(1)\n        self.n_ = len(X)\n        return self\n    def transform(self, X):\n        return X\nt = T()\np = make_pipeline(t)\np.fit([[1]], [1])\nr = t.fit_transform([[1]])",
    "function transformer": "from sklearn.preprocessing import FunctionTransformer\nlog = []\ndef f(X):\n    log.append(1)\n    return X\nft = FunctionTransformer(f)\nr = ft.transform([[1]])",
    "subclass of dict": "class D(dict):\n    def put(self, k, v): self[k] = v\nd = D()\nd.put('a', [])\nd['b'] = 1\nd.update(c=2)\nx = d['a']\nx.append(1)",
    "subclass of list": "class L(list):\n    pass\na = L()\na.append(1)\nb = a\nb.extend([2])",
    "setitem": "class D:\n    def __init__(self): self.d = {}\n    def __setitem__(self, k, v): self.d[k] = v\nd = D()\nxs = []\nd['a'] = xs\nd.d['a'].append(1)",
    "instance registry": "class Node:\n    all = []\n    def __init__(self):\n        Node.all.append(self)\na = Node()\nb = Node()\nNode.all[0].x = 1",
    "linked": "class Node:\n    def __init__(self, nxt=None): self.nxt = nxt\na = Node()\nb = Node(a)\nb.nxt.v = 1\na.nxt = b",
    "string methods": "s = ' a '\nt = s.strip().split(',')\nt.append('b')\nu = ','.join(t)",
    "fluent dict": "cfg = dict(a=dict(b=1))\nsub = cfg['a']\nsub['b'] = 2\nmerged = {**cfg, 'c': 1}\nmerged['a']['b'] = 3\nlst = [*cfg.values()]\nlst[0]['b'] = 4",
    "exec in function only": "def f(v):\n    v['x'] = 1\n    return len(v)\nd = {}\nn = f(d)",
    "while with iterator": "it = iter([1, 2, 3])\ntotal = 0\nwhile True:\n    v = next(it, None)\n    if v is None: break\n    total += v",
    "lambda default": "xs = []\nf = lambda v=xs: v.append(1)\nf()",
    "conditional function": "xs = []\nif len(xs) == 0:\n    def f(): xs.append(1)\nelse:\n    def f(): pass\nf()",
    "try function": "xs = []\ntry:\n    f\nexcept NameError:\n    def f(): xs.append(1)\nf()",
}


def closure(names, pairs):
    """Names connected to these through pairs that may share an object."""
    todo, found = list(names), set(names)
    while todo:
        one = todo.pop()
        for a, b in pairs:
            for here, there in ((a, b), (b, a)):
                if here == one and there not in found:
                    found.add(there)
                    todo.append(there)
    return found


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_changes_bindings_and_sharing_are_foreseen(flow, name):
    pairs: set[tuple[str, str]] = set()

    for happened in oracle.run(flow(NOTEBOOKS[name])):
        said = happened.statement
        pairs |= said.aliases
        what = said.source
        assert happened.bound <= said.defines | said.may_define, what
        assert (
            said.defines <= happened.bound | happened.deleted | happened.changed | said.defines
        ), what
        assert happened.deleted <= said.deletes, what
        foreseen = closure(said.changes | said.may_change, pairs) | said.defines | said.may_define
        assert happened.changed <= foreseen, what
        for one, other in happened.shared:
            assert other in closure({one}, pairs), (what, one, other)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_everything_that_a_statement_cannot_do_without_is_read(flow, name):
    for statement, missing in oracle.needed(flow(NOTEBOOKS[name])):
        assert missing <= statement.reads | statement.deletes, statement.source
