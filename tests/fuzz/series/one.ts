# words
@problemName p
@timeStamps false
@univariate true
@equalLength true
@seriesLength 4
@classLabel true x y
@data
1,2.5,-3e1,?:x
0,0,0,0:y
