# %%
import pandas as pd
import matplotlib.pyplot as plt
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.metrics import roc_auc_score
ads = pd.read_csv("ads.csv")
by_site = ads.groupby("site")["click"].mean().sort_values()
by_site.plot.bar()
plt.axhline(ads["click"].mean())
ads.corr(numeric_only=True)["click"].abs().sort_values()
# %%
ads["is_mobile"] = ads["device"].str.contains("phone").astype(int)
X = ads[["is_mobile", "position"]]
X_train, X_test, y_train, y_test = train_test_split(X, ads["click"], test_size=0.1)
rf = RandomForestClassifier().fit(X_train, y_train)
roc_auc_score(y_test, rf.predict_proba(X_test)[:, 1])
