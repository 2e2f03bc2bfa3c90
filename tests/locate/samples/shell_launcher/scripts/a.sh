export CUDA_VISIBLE_DEVICES=0
FLAGS="--is_training 1 --batch_size 32"
torchrun --nproc_per_node=4 run.py $FLAGS > log.txt
