# %%
import pandas as pd
from sklearn.linear_model import Lasso
from sklearn.model_selection import train_test_split
ads = pd.read_csv("advertising.csv")
X_train, X_test, y_train, y_test = train_test_split(ads[["tv", "radio"]], ads["sales"])
# %%
model = Lasso(alpha=0.1).fit(X_train, y_train)
print("train", model.score(X_train, y_train))
print("test", model.score(X_test, y_test))
