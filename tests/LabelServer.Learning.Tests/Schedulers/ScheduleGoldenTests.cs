using System.Globalization;
using System.Text.Json;
using LabelServer.Bundles.Config;
using LabelServer.Learning.Configuration;
using LabelServer.Learning.Schedulers;
using LabelServer.Testing;

namespace LabelServer.Learning.Tests.Schedulers;

/// <summary>Sixty steps of each schedule against PyTorch's, MONAI's and the model zoo's.</summary>
public sealed class ScheduleGoldenTests
{
    public static TheoryData<string> Cases => GoldenCase.Names("schedulers");

    [Theory]
    [MemberData(nameof(Cases))]
    public void RateAt_EachStep_MatchesReference(string name)
    {
        var golden = GoldenCase.Require("schedulers", name);
        using var json = golden.ReadJson();
        var initial = json.RootElement.GetProperty("initial_lr").GetDouble();
        var schedule = ScheduleFactory.Create(Component(json.RootElement), initial);
        double[] metrics = json.RootElement.TryGetProperty("metric", out var m) ? [.. m.EnumerateArray().Select(v => v.GetDouble())] : [];

        var step = 0;
        foreach (var expected in json.RootElement.GetProperty("learning_rates").EnumerateArray().Select(v => v.GetDouble()))
        {
            var rate = schedule.RateAt(step);
            Assert.True(Math.Abs(rate - expected) <= (1e-7 * Math.Abs(expected)) + (1e-9 * initial), $"step {step}: {rate} instead of {expected}");
            if (step < metrics.Length)
            {
                schedule.Observe(metrics[step]);
            }

            step++;
        }
    }

    [Fact]
    public void Create_WarmupCosineOfNoSteps_IsRefused()
    {
        var component = new ConfigValue.Component("lr_scheduler", "monai.optimizers.WarmupCosineSchedule", [KeyValuePair.Create<string, ConfigValue>("t_total", new ConfigValue.Integer(-374))]);

        var error = Assert.Throws<ComponentException>(() => ScheduleFactory.Create(component, 0.01));

        Assert.Contains("the number of steps of the run, at least 1", error.Message, StringComparison.Ordinal);
    }

    private static ConfigValue.Component Component(JsonElement root)
    {
        // "bundle" says where the case comes from; inner schedulers are written as calls.
        var component = JsonConfig.Component(root.GetProperty("scheduler").GetString()!, root.GetProperty("args"), "bundle");
        return new(component.Id, component.Target, [.. component.Arguments.Select(a => KeyValuePair.Create(a.Key, a.Key is "after_scheduler" or "schedulers" ? Call(a.Value) : a.Value))]);
    }

    private static ConfigValue Call(ConfigValue value)
    {
        if (value is ConfigValue.List list)
        {
            return new ConfigValue.List([.. list.Items.Select(Call)]);
        }

        var text = ((ConfigValue.Text)value).Value;
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var arguments = text[(open + 1)..^1].Split(", ").Select(a => a.Split('=')).Select(a => KeyValuePair.Create(a[0], Number(a[1])));
        return new ConfigValue.Component("golden", text[..open], [.. arguments]);
    }

    private static ConfigValue Number(string text) => long.TryParse(text, CultureInfo.InvariantCulture, out var whole)
        ? new ConfigValue.Integer(whole)
        : new ConfigValue.Real(double.Parse(text, CultureInfo.InvariantCulture));
}
