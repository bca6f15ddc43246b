namespace LabelServer.Training;

/// <summary>An image with its label, ready to be trained on.</summary>
/// <param name="Id">The image's id.</param>
/// <param name="ImagePath">The image's file.</param>
/// <param name="LabelPath">The label's file; a copy, so that a label which is submitted meanwhile changes nothing.</param>
/// <param name="Names">Label value → name; a class of the model that is not there was not annotated. Null: the values are the network's channels and every class was annotated.</param>
internal sealed record TrainingImage(string Id, string ImagePath, string LabelPath, IReadOnlyDictionary<int, string>? Names);
