# %%
import pandas as pd
import numpy as np
from sklearn.preprocessing import StandardScaler
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
wdbc = pd.read_csv("wdbc.csv")
X = wdbc.iloc[:, 2:].values
y = wdbc.iloc[:, 1].values
# %%
ss = StandardScaler()
ss.fit(X)  # leak: POC501
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
X_train = ss.transform(X_train)
X_test = ss.transform(X_test)
# %%
pca = PCA(n_components=2)
X_train = pca.fit_transform(X_train)
X_test = pca.transform(X_test)
clf = LogisticRegression(random_state=0)
clf.fit(X_train, y_train)
from sklearn.metrics import confusion_matrix
cm = confusion_matrix(y_test, clf.predict(X_test))
