# %%
import pandas as pd
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.model_selection import train_test_split
d = pd.read_csv("ions.csv")
X, y = d.iloc[:, :-1], d.iloc[:, -1]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=5)
scaler = StandardScaler().fit(X_train)
# %%
svc = SVC().fit(scaler.transform(X_train), y_train)
svc.score(scaler.transform(X_test), y_test)
# %%
# everything on one picture
both = scaler.transform(X)
pd.DataFrame(both).plot.scatter(0, 1)
