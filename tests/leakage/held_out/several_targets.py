# %%
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
d = pd.read_csv("lab.csv")
targets = ["sodium", "potassium", "chloride"]
X = d.drop(columns=targets)
X_train, X_test, Y_train, Y_test = train_test_split(X, d[targets], random_state=0)
# %%
# one model for each question: none is chosen
for target in targets:
    ridge = Ridge().fit(X_train, Y_train[target])
    print(target, ridge.score(X_test, Y_test[target]))
