namespace LabelServer.EndToEnd.Training;

/// <summary>Trainings take turns: two of them on the same cores take far longer than one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class TrainingCollection
{
    public const string Name = "Trainings take turns";
}
