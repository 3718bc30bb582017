# %%
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Dropout
from tensorflow.keras.callbacks import EarlyStopping
df = pd.read_csv("energy.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop("load", axis=1).values, df["load"].values, test_size=0.2)
sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.transform(X_test)
# %%
net = Sequential()
net.add(Dense(64, activation="relu"))
net.add(Dropout(0.2))
net.add(Dense(1))
net.compile(loss="mse", optimizer="adam")
stop = EarlyStopping(monitor="val_loss", patience=10, restore_best_weights=True)
# %%
hist = net.fit(X_train, y_train, epochs=400, batch_size=32, validation_data=(X_test, y_test), callbacks=[stop])  # leak: POC503
pd.DataFrame(hist.history).plot()
# %%
print("test mse", net.evaluate(X_test, y_test))
