# %%
import pandas as pd
import statsmodels.api as sm
from sklearn.preprocessing import StandardScaler
rent = pd.read_csv("rent.csv")
# %%
# inference, not prediction: everything may be scaled together
Z = StandardScaler().fit_transform(rent[["area", "rooms", "age"]])
ols = sm.OLS(rent["rent"], sm.add_constant(Z)).fit()
print(ols.summary())
