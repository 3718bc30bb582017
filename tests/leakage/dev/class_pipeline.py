# %%
import pandas as pd
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

class Regressor:
    def __init__(self, alpha=1.0):
        self.scaler = StandardScaler()
        self.model = Ridge(alpha)

    def fit(self, X, y):
        self.model.fit(self.scaler.fit_transform(X), y)
        return self

    def score(self, X, y):
        return self.model.score(self.scaler.transform(X), y)
# %%
d = pd.read_csv("prices.csv")
X_train, X_test, y_train, y_test = train_test_split(d.drop(columns="price"), d["price"], random_state=0)
Regressor(alpha=3).fit(X_train, y_train).score(X_test, y_test)
