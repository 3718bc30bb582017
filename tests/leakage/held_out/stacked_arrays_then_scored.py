# %%
import numpy as np, pandas as pd
from sklearn.svm import SVR
from sklearn.model_selection import train_test_split
d = pd.read_csv("wind.csv").values
X_train, X_test, y_train, y_test = train_test_split(d[:, :-1], d[:, -1], test_size=0.2)
# %%
X_all = np.vstack([X_train, X_test])
y_all = np.concatenate([y_train, y_test])
svr = SVR(C=3)
svr.fit(X_all, y_all)  # leak: POC502
# %%
print("R2 test:", svr.score(X_test, y_test))
