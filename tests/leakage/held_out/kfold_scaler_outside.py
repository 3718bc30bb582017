# %%
import numpy as np, pandas as pd
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import RobustScaler
from sklearn.decomposition import PCA
from sklearn.svm import SVC
from sklearn.metrics import accuracy_score
data = pd.read_csv("seeds.csv")
X = data.iloc[:, :-1].to_numpy()
y = data.iloc[:, -1].to_numpy()
# %%
X = RobustScaler().fit_transform(X)  # leak: POC501
X = PCA(n_components=3).fit_transform(X)  # leak: POC501
# %%
skf = StratifiedKFold(n_splits=10, shuffle=True, random_state=0)
accs = []
for tr, te in skf.split(X, y):
    svc = SVC(C=10)
    svc.fit(X[tr], y[tr])
    accs.append(accuracy_score(y[te], svc.predict(X[te])))
print("accuracy %.3f" % np.mean(accs))
