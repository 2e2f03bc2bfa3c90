# expect: train
# expect: loop-module
import sys

from sklearn.linear_model import ElasticNet

if __name__ == "__main__":
    alpha = float(sys.argv[1])
    ElasticNet(alpha=alpha).fit([[0.0], [1.0]], [0.0, 1.0])
