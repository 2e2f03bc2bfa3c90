# expect: eval
from sklearn.metrics import roc_auc_score

if __name__ == "__main__":
    print(roc_auc_score([0, 1], [0.1, 0.9]))
