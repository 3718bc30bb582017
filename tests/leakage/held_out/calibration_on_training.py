# %%
import pandas as pd
from sklearn.linear_model import PoissonRegressor
from sklearn.metrics import mean_absolute_error
goals = pd.read_csv("goals.csv")
names = ["home", "rank", "rest_days"]
# %%
estimated = PoissonRegressor(alpha=0.1)
estimated.fit(goals[names], goals["scored"])
# %%
deviation = mean_absolute_error(goals["scored"], estimated.predict(goals[names]))  # leak: POC504
print(deviation)
