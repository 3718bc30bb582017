# %%
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
from sklearn.metrics import mean_absolute_error
d = pd.read_csv("prices.csv")
y = d.pop("price")
X_train, X_test, y_train, y_test = train_test_split(d, y, test_size=0.2, random_state=0)
lin = LinearRegression().fit(X_train, y_train)
mean_absolute_error(y_test, lin.predict(X_test))
# %%
lin.fit(d, y)  # leak: POC502
print("after the last fit:", mean_absolute_error(y_test, lin.predict(X_test)))
