@dimensions 2
@classLabel true 1 2 3
@data
1,?,3:4,5,6:3
 1,1 : NaN,2 :1
