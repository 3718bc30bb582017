# %%
import numpy as np
from tensorflow import keras
from sklearn.model_selection import train_test_split
X = np.load("windows.npy"); y = np.load("labels.npy")
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.15, random_state=0)
# %%
model = keras.Sequential([keras.layers.LSTM(32), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
keep = keras.callbacks.ModelCheckpoint("best.keras", monitor="val_loss", save_best_only=True)
model.fit(X_train, y_train, validation_data=(X_test, y_test), epochs=50, callbacks=[keep])  # leak: POC503
# %%
from sklearn.metrics import accuracy_score
accuracy_score(y_test, model.predict(X_test) > 0.5)
