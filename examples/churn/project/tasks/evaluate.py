# %% [markdown]
# # Evaluate
# Were cells 20, 21 and 22 of `churn_poc.ipynb`.

# %% tags=["parameters"]
upstream = ["train"]
product = None
threshold = None
resources_ = None

# %%
import sys

import matplotlib.pyplot as plt
from sklearn.metrics import classification_report, confusion_matrix

sys.path.insert(0, "src")  # the package need not be installed

from churn.evaluate import evaluate
from churn.storage import load, save

del resources_  # files that Ploomber watches for changes: the code has no use for them

# %%
X_test = load(upstream["train"]["X_test"])
model = load(upstream["train"]["model"])
y_test = load(upstream["train"]["y_test"])

# %%
scores, auc = evaluate(model, X_test, y_test)
print(f"AUC {auc:.4f}")

# %%
predicted = (scores > threshold).astype(int)
print(classification_report(y_test, predicted))

# %%
cm = confusion_matrix(y_test, predicted)
fig, ax = plt.subplots(figsize=(4, 4))
ax.imshow(cm, cmap="Blues")
for i in range(2):
    for j in range(2):
        ax.text(j, i, cm[i, j], ha="center", va="center", fontsize=14)
ax.set_xticks([0, 1], ["stays", "leaves"])
ax.set_yticks([0, 1], ["stays", "leaves"])
ax.set_xlabel("predicted")
ax.set_ylabel("actual")
plt.show()

# %%
save(auc, product["auc"])
save(predicted, product["predicted"])
save(scores, product["scores"])
