# %%
import pandas as pd
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR
from sklearn.model_selection import train_test_split
d = pd.read_csv("positions.csv")
X = d[["level", "years"]].values
y = d["salary"].values.reshape(-1, 1)
sc_X, sc_y = StandardScaler(), StandardScaler()
X = sc_X.fit_transform(X)  # leak: POC501
y = sc_y.fit_transform(y).ravel()
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
svr = SVR().fit(X_train, y_train)
svr.score(X_test, y_test)
