using System.Text.Json.Nodes;
using LabelServer.Training;
using LabelServer.Worker.Contract;

namespace LabelServer.Tests.Training;

public sealed class TrainingEndpointTests
{
    // What Slicer's panel echoes of the trainer's config: of a list its first entry.
    private const string SlicersBody = """
        {"device":"cpu","pretrained":true,"max_epochs":1,"early_stop_patience":-1,"val_split":0.2,"multi_gpu":true,"gpus":"all","tracking":"None","tracking_uri":"","tracking_experiment_name":"","run_id":"",
        "model_filename":"auto","partial_labels":"listed","publish_always":false,"learning_rate":0.01,"client_id":"user-xyz"}
        """;

    [Fact]
    public async Task Post_AsSlicerSendsIt_TrainsAndIsSeenInTheStatistics()
    {
        await using var server = await TrainingServer.StartAsync();
        for (var n = 0; n < 5; n++)
            await server.LabelAsync($"scan{n}", [1, 2], "Anterior", "Posterior");
        var (status, submitted) = await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}", SlicersBody);
        Assert.Equal(200, status);
        Assert.Equal("SUBMITTED", (string)submitted!["status"]!);
        Assert.Equal(TrainingServer.Model, (string)submitted["request"]!["model"]!);
        Assert.Equal("user-xyz", (string)submitted["request"]!["client_id"]!);

        var job = await server.EndedAsync();
        Assert.Equal("DONE", (string)job["status"]!);
        Assert.Contains(job["details"]!.AsArray(), line => ((string)line!).Contains("mean Dice 0.7500 (anterior 0.700, posterior 0.800)", StringComparison.Ordinal));
        var request = Assert.Single(server.Worker.Requests);
        Assert.Equal(["scan0", "scan1", "scan2", "scan3"], request.Training.Items.Select(i => i.Id));
        Assert.Equal(["scan4"], request.Validation.Items.Select(i => i.Id));
        Assert.Equal("Posterior", request.Training.Items[0].Names[2]);
        Assert.Equal(("model.pt", true, 1), (request.WeightsFile, request.StartFromServed, request.Settings.Epochs));
        Assert.Equal([("max_epochs", "1"), ("train#trainer#max_epochs", "1"), ("displayable_configs#learning_rate", "0.01")], request.Overrides.Select(o => (o.Id, o.Json)));
        Assert.False(request.Settings.HasBatchSize);

        var stats = (await server.SendAsync(HttpMethod.Get, "/info/")).Body!["train_stats"]!.AsObject();
        Assert.Equal(TrainingServer.Model, stats.First().Key);
        Assert.Equal(0.75, (double)stats.First().Value!["best_metric"]!);
        Assert.NotNull(stats.First().Value!["total_time"]);
    }

    [Fact]
    public async Task Info_ListsTheTrainerWithOptionsThatThePanelCanShow()
    {
        await using var server = await TrainingServer.StartAsync();
        var info = (await server.SendAsync(HttpMethod.Get, "/info/")).Body!;
        var trainer = Assert.Single(info["trainers"]!.AsObject());
        Assert.Equal(TrainingServer.Model, trainer.Key);
        var config = trainer.Value!["config"]!.AsObject();
        Assert.Equal("""["auto","model.pt"]""", config["model_filename"]!.ToJsonString());
        Assert.Equal(50, (int)config["max_epochs"]!);
        Assert.Equal(0.01, (double)config["learning_rate"]!);
        Assert.All(config, option => Assert.True(option.Value is JsonValue || option.Value!.AsArray().All(v => v!.GetValueKind() == System.Text.Json.JsonValueKind.String) && option.Value.AsArray().Count > 0, option.Key));
        Assert.Equal("{}", info["train_stats"]![TrainingServer.Model]!.ToJsonString());
    }

    [Fact]
    public async Task Post_WithABatchSize_TellsTheConfigToo()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.LabelAsync("scan", [1], "Anterior");
        await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}?run_sync=true", """{"train_batch_size":3}""");
        var request = Assert.Single(server.Worker.Requests);
        Assert.Equal(3, request.Settings.BatchSize);
        Assert.Contains(("train#dataloader#batch_size", "3"), request.Overrides.Select(o => (o.Id, o.Json)));
    }

    [Fact]
    public async Task Post_ForADeviceThatIsNotUsed_SaysSo()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.LabelAsync("scan", [1], "Anterior");
        await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}?run_sync=true", """{"device":"cuda:0"}""");
        Assert.Contains("Trainings run on the CPU in this version; device cuda:0 is not used.", (await server.StatusAsync())["details"]!.AsArray().Select(d => (string)d!));
    }

    [Fact]
    public async Task Info_ShowsTheBundlesOwnPatience_SoThatThePanelsEchoDoesNotSwitchItOff()
    {
        await using var server = await TrainingServer.StartAsync();
        var config = Path.Combine(server.Bundle, "configs", "train.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"seed\": 5", "\"seed\": 5, \"early_stop_patience\": 4", StringComparison.Ordinal));
        var info = (await server.SendAsync(HttpMethod.Get, "/info/")).Body!;
        Assert.Equal(4, (int)info["trainers"]![TrainingServer.Model]!["config"]!["early_stop_patience"]!);
    }

    [Fact]
    public async Task WhileItRuns_IsRunningAtOnce_RefusesASecond_AndStopsWithDetails()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.LabelAsync("scan", [1], "Anterior");
        server.Worker.Then(async (request, tell, cancellationToken) =>
        {
            tell(new TrainEvent { Started = new TrainStarted { TrainingImages = 1, FirstEpoch = 1, Epochs = 50, BatchesPerEpoch = 2 } });
            await ScriptedTraining.ForeverAsync(request, tell, cancellationToken);
        });
        await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}", "{}");
        await server.Worker.CalledAsync();
        var (status, running) = await server.SendAsync(HttpMethod.Get, "/train/?check_if_running=true");
        Assert.Equal((200, "RUNNING"), (status, (string)running!["status"]!));
        Assert.Equal("++++++++++ Train Task is Already Running", (string)(await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}", "{}")).Body!["detail"]!);
        var stats = (await server.SendAsync(HttpMethod.Get, "/info/")).Body!["train_stats"]![TrainingServer.Model]!;
        Assert.NotNull(stats["current_time"]);
        Assert.Equal((0, 50), ((int)stats["epoch"]!, (int)stats["total_epochs"]!));

        var (_, stopped) = await server.SendAsync(HttpMethod.Delete, "/train/");
        Assert.Equal("STOPPED", (string)stopped!["status"]!);
        Assert.NotEmpty(stopped["details"]!.AsArray());
        Assert.NotNull(stopped["end_ts"]);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Get, "/train/?check_if_running=true")).Status);
        Assert.NotNull((await server.SendAsync(HttpMethod.Get, "/info/")).Body!["train_stats"]![TrainingServer.Model]!["total_time"]);
        Assert.Null((await server.SendAsync(HttpMethod.Delete, "/train/")).Body);
    }

    [Fact]
    public async Task BeforeTheWorkerHasBegun_TheEpochsAreKnown()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.LabelAsync("scan", [1], "Anterior");
        server.Worker.Then(ScriptedTraining.ForeverAsync);
        await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}", """{"max_epochs":7}""");
        await server.Worker.CalledAsync();
        var stats = (await server.SendAsync(HttpMethod.Get, "/info/")).Body!["train_stats"]![TrainingServer.Model]!;
        Assert.Equal((0, 7), ((int)stats["epoch"]!, (int)stats["total_epochs"]!));
        await server.SendAsync(HttpMethod.Delete, "/train/");
    }

    [Fact]
    public async Task RunSync_AnswersTheStatistics()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.LabelAsync("scan", [1], "Anterior");
        var (status, stats) = await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}?run_sync=True", """{"max_epochs":1}""");
        Assert.Equal((200, 1), (status, (int)stats!["total_epochs"]!));
    }

    [Theory]
    [InlineData("""{"model":"hippo","max_epochs":1,"name":"n"}""")]
    [InlineData("""{"hippo":{"max_epochs":1}}""")]
    public async Task PostWithoutATrainersName_TakesBothBodies(string body)
    {
        await using var server = await TrainingServer.StartAsync();
        await server.LabelAsync("scan", [1], "Anterior");
        var (status, answer) = await server.SendAsync(HttpMethod.Post, "/train/?run_sync=true", body);
        Assert.Equal(200, status);
        var entry = Assert.Single(answer!.AsObject());
        Assert.Equal("hippo", entry.Key);
        Assert.Null(entry.Value!["detail"]);
        Assert.Equal(1, (int)entry.Value["result"]!["epoch"]!);
        Assert.Single(server.Worker.Requests);
    }

    [Theory]
    [InlineData("/train/nosuch", "{}", 404, "Trainers of this server: hippo")]
    [InlineData("/train/tiny", "{}", 404, "Trainers of this server: hippo")]
    [InlineData("/train/hippo", """{"max_epochs":0}""", 400, "'max_epochs' has the value 0. Give a whole number from 1")]
    [InlineData("/train/hippo", """{"val_split":1}""", 400, "a number below 1")]
    [InlineData("/train/hippo", """{"model_filename":"../model.pt"}""", 400, "auto, model.pt")]
    [InlineData("/train/hippo", """{"train_ds":"/etc/passwd"}""", 400, "a list of image ids")]
    [InlineData("/train/hippo", """{"gpus":"0,x"}""", 400, "all, or the numbers of GPUs, such as 0,1")]
    [InlineData("/train/hippo", """{"partial_labels":"some"}""", 400, "listed, present or off")]
    public async Task Post_ThatCannotBe_IsRefusedAtOnce(string path, string body, int status, string detail)
    {
        await using var server = await TrainingServer.StartAsync();
        var answer = await server.SendAsync(HttpMethod.Post, path, body);
        Assert.Equal(status, answer.Status);
        Assert.Contains(detail, (string)answer.Body!["detail"]!, StringComparison.Ordinal);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Get, "/train/")).Status);
    }

    [Fact]
    public async Task Post_WithoutAnyLabel_FailsPlainly()
    {
        await using var server = await TrainingServer.StartAsync();
        var (status, answer) = await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}?run_sync=true", "{}");
        Assert.Equal(400, status);
        Assert.Contains("Submit at least one label first", (string)answer!["detail"]!, StringComparison.Ordinal);
        Assert.Equal("ERROR", (string)(await server.StatusAsync())["status"]!);
    }

    [Fact]
    public async Task Post_WithAnUnknownName_NamesImageAndName()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.LabelAsync("good", [1], "Anterior");
        await server.LabelAsync("odd", [1, 2], "Anterior", "spleen");
        var (status, answer) = await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}?run_sync=true", "{}");
        Assert.Equal(400, status);
        Assert.Contains("'odd' names 'spleen', which hippo does not have", (string)answer!["detail"]!, StringComparison.Ordinal);
        Assert.Empty(server.Worker.Requests);
    }

    [Fact]
    public async Task Post_WithLabelsThatDoNotDo_LeavesThemOutAndSaysWhy()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.LabelAsync("a good", [1], "Anterior");
        await server.LabelAsync("b empty", [0], "Anterior");
        await server.LabelAsync("c foreign", [7], null);
        await server.LabelAsync("d nameless", [1, 2], null);
        File.WriteAllBytes(Path.Combine(server.Studies, "labels", "final", "e broken.nii.gz"), [1, 2, 3]);
        File.Copy(Path.Combine(server.Studies, "a good.nii.gz"), Path.Combine(server.Studies, "e broken.nii.gz"));
        while ((int)(await server.SendAsync(HttpMethod.Get, "/datastore/")).Body!["completed"]! < 5)
            await Task.Delay(20, TestContext.Current.CancellationToken);

        await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}?run_sync=true", """{"val_split":0,"max_epochs":1}""");
        var details = (await server.StatusAsync())["details"]!.AsArray().Select(d => (string)d!).ToList();
        Assert.Contains("'b empty' is left out: its label is empty.", details);
        Assert.Contains("'c foreign' is left out: its label has no names, and 7 is no class of hippo.", details);
        Assert.Contains(details, d => d.StartsWith("'e broken' is left out: its label is ", StringComparison.Ordinal) && !d.EndsWith("..", StringComparison.Ordinal));
        Assert.Contains("Trains model.pt of hippo on 2 images, validates on 0; 3 left out.", details);
        var items = server.Worker.Requests.Single().Training.Items;
        Assert.Equal([("a good", true), ("d nameless", false)], items.Select(i => (i.Id, i.HasNames)));
    }

    [Fact]
    public async Task Post_WithPresentLabels_CountsOnlyWhatOccursAsAnnotated()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.LabelAsync("nameless", [2], null);
        await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}?run_sync=true", """{"partial_labels":"present"}""");
        var item = server.Worker.Requests.Single().Training.Items.Single();
        Assert.Equal("2 posterior", string.Join(", ", item.Names.Select(n => $"{n.Key} {n.Value}")));
    }

    [Fact]
    public async Task LostWorker_IsStartedAgain_AndTheSecondTimeWithLess()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.LabelAsync("scan", [1], "Anterior");
        for (var n = 0; n < 2; n++)
            server.Worker.Then((_, _, _) => throw new TrainingWorkerLostException("The worker process ended (killed).", null));
        var (status, _) = await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}?run_sync=true", "{}");
        Assert.Equal(200, status);
        Assert.Equal([0, 0, 1], server.Worker.Requests.Select(r => r.Settings.MemorySavingSteps));
        Assert.Single(server.Worker.Requests.Select(r => r.RunId).Distinct());
    }

    [Fact]
    public async Task LostWorker_AgainAndAgain_EndsInAPlainFailure()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.LabelAsync("scan", [1], "Anterior");
        for (var n = 0; n < 4; n++)
            server.Worker.Then((_, _, _) => throw new TrainingWorkerLostException("The worker process ended (killed).", null));
        var (status, answer) = await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}?run_sync=true", "{}");
        Assert.Equal(500, status);
        Assert.Contains("What was served stays", (string)answer!["detail"]!, StringComparison.Ordinal);
        Assert.Equal(4, server.Worker.Requests.Count);
    }

    [Fact]
    public async Task OutOfMemory_IsTriedWithLess()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.LabelAsync("scan", [1], "Anterior");
        server.Worker.Then((_, _, _) => throw new TrainingMemoryException("The training of hippo needs more memory than there is.", null));
        await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}?run_sync=true", "{}");
        Assert.Equal([0, 1], server.Worker.Requests.Select(r => r.Settings.MemorySavingSteps));
        Assert.Contains((await server.StatusAsync())["details"]!.AsArray(), d => ((string)d!).EndsWith("Tried again with less at a time.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Labels_AreCopiedForTheRun_AndTheCopiesGoWithIt()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.LabelAsync("scan", [1], "Anterior");
        byte[]? before = null, after = null;
        server.Worker.Then(async (request, tell, cancellationToken) =>
        {
            before = File.ReadAllBytes(request.Training.Items[0].LabelPath);
            await server.LabelAsync("scan", [2, 2, 2], "Anterior", "Posterior");
            after = File.ReadAllBytes(request.Training.Items[0].LabelPath);
            await ScriptedTraining.OneEpochAsync(request, tell, cancellationToken);
        });
        await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}?run_sync=true", "{}");
        Assert.NotNull(before);
        Assert.Equal(before, after);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(server.Studies, ".labelserver", "training")));
    }

    [Fact]
    public async Task LabelsThatCannotBeCopied_FailPlainly()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.LabelAsync("scan", [1], "Anterior");
        File.WriteAllText(Path.Combine(server.Studies, ".labelserver", "training"), "in the way");
        var (status, answer) = await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}?run_sync=true", "{}");
        Assert.Equal(500, status);
        Assert.StartsWith($"The labels cannot be kept for the training of {TrainingServer.Model}:", (string)answer!["detail"]!, StringComparison.Ordinal);
        Assert.Empty(server.Worker.Requests);
    }
}
