# %%
import pandas as pd
import statsmodels.formula.api as smf
from sklearn.model_selection import train_test_split
from sklearn.metrics import mean_absolute_error
d = pd.read_csv("rents.csv")
train, test = train_test_split(d, test_size=0.25, random_state=6)
# %%
ols = smf.ols("rent ~ area + rooms + C(city)", data=d)
res = ols.fit()  # leak: POC502
# %%
mean_absolute_error(test["rent"], res.predict(test))
