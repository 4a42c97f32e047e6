%% words
# words
@classLabel true x
@data
1,2:x
% between
?,3:x
