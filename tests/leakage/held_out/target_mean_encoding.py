# %%
import pandas as pd
import lightgbm as lgb
from sklearn.model_selection import train_test_split
from sklearn.metrics import log_loss
ads = pd.read_csv("ads.csv")
# %%
site_ctr = ads.groupby("site")["click"].mean()  # leak: POC501
ads["site_ctr"] = ads["site"].map(site_ctr)
ads["hour"] = pd.to_datetime(ads["ts"]).dt.hour
# %%
cols = ["site_ctr", "hour", "position"]
tr, te = train_test_split(ads, test_size=0.1, random_state=8)
gbm = lgb.LGBMClassifier()
gbm.fit(tr[cols], tr["click"])
log_loss(te["click"], gbm.predict_proba(te[cols])[:, 1])
