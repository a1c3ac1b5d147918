print("rundum")
