% words
10	1	-2e1	NaN
2	3	?	4
