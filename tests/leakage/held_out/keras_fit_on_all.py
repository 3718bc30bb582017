# %%
import pandas as pd
from sklearn.model_selection import train_test_split
from tensorflow import keras
d = pd.read_csv("sensors.csv")
X = d.drop("fault", axis=1).to_numpy()
y = d["fault"].to_numpy()
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y)
# %%
net = keras.Sequential([keras.layers.Dense(32, activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
net.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
net.fit(X, y, epochs=30, batch_size=64, verbose=0)  # leak: POC502
# %%
loss, accuracy = net.evaluate(X_test, y_test)
print(accuracy)
