# %%
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.ensemble import RandomForestClassifier
images = np.load("digits.npy"); labels = np.load("labels.npy")
images = images.reshape(len(images), -1).astype("float32") / 255.0
images = images - 0.5
X_train, X_test, y_train, y_test = train_test_split(images, labels, test_size=0.2, random_state=0)
rf = RandomForestClassifier().fit(X_train, y_train)
print(rf.score(X_test, y_test))
