namespace LabelServer.Learning.Training;

/// <summary>All that a run needs to go on after an interruption as if there had been none: what was drawn depends on seed and epoch alone, so an epoch's number stands for the random sources.</summary>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Steps">Optimiser steps done.</param>
/// <param name="AverageSteps">Steps of the mean of weights.</param>
/// <param name="BestMeanDice">The best validation so far; null without any.</param>
/// <param name="BestEpoch">Its epoch.</param>
/// <param name="WithoutImprovement">Validations since.</param>
/// <param name="IncumbentMeanDice">The score of the served weights on the same images; null when there are none or nothing was validated.</param>
/// <param name="Observed">The metrics that the learning rate schedule was told, in order.</param>
/// <param name="Losses">The mean loss of each epoch.</param>
/// <param name="Fingerprint">What the run was begun with (data, network, optimiser); another fingerprint is another run.</param>
internal sealed record RunState(
    int Epoch,
    long Steps,
    long AverageSteps,
    double? BestMeanDice,
    int BestEpoch,
    int WithoutImprovement,
    double? IncumbentMeanDice,
    IReadOnlyList<double> Observed,
    IReadOnlyList<double> Losses,
    string Fingerprint);
