# %%
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
from sklearn.metrics import r2_score
cars = pd.read_csv("cars.csv").select_dtypes("number").dropna()
# %%
strength = cars.corr()["price"].abs()  # leak: POC501
chosen = strength[strength > 0.5].index.drop("price")
# %%
X_train, X_test, y_train, y_test = train_test_split(cars[chosen], cars["price"], random_state=0)
lin = LinearRegression().fit(X_train, y_train)
r2_score(y_test, lin.predict(X_test))
