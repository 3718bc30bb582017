from quickread import read
