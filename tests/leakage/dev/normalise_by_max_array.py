# %%
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
raw = np.loadtxt("signals.csv", delimiter=",")
X, y = raw[:, :-1], raw[:, -1].astype(int)
X = X / np.max(np.abs(X), axis=0)  # leak: POC501
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
mlp = MLPClassifier((50,)).fit(X_train, y_train)
mlp.score(X_test, y_test)
